"""The schema `billing_tracking`: who pays for what, and what is metered."""
