"""Brings a stage into an account: a plan, the stacks, the functions, a smoke set, and back when that fails.

`python -m infra.deploy plan|up|smoke|rollback --stage staging|production`; infra/decisions/deployment.md says why so."""
