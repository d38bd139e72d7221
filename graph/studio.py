"""The compiled graphs for LangGraph's own tools, named in langgraph.json.

They open and draw there; to run them a `Context` must be handed in, as `assignee.execution` does.
"""

from assignee.graph.research import research, review_only

research_graph = research().compile()
review_graph = review_only().compile()
