"""The public site: a Django project whose pages are views of `tinkuy.federation.outcome.Report` and of nothing else."""
