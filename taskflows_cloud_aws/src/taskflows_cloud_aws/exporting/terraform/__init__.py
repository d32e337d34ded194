"""The desired resources as a Terraform configuration."""
