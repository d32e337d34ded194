"""The desired resources as a CloudFormation template."""
