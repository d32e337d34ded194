"""From a request to resources: observe, desire, check, plan, apply."""
