"""The page: `assignee serve` shows runs, reports and sessions in a browser on this machine.

Needs FastAPI and uvicorn: `pip install 'assignee-research[web]'`. Nothing is loaded from elsewhere.
"""
