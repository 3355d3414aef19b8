"""Times networkx on a graph read from standard input as a JSON list of parent lists: building it, and its check for cycles."""

import json
import sys
import time

import networkx

parents = json.load(sys.stdin)
start = time.perf_counter()
graph = networkx.DiGraph()
graph.add_nodes_from(range(len(parents)))
graph.add_edges_from((parent, child) for child, own in enumerate(parents) for parent in own)
built = time.perf_counter()
if not networkx.is_directed_acyclic_graph(graph):
    raise SystemExit("not acyclic")
checked = time.perf_counter()
print(json.dumps({"build": (built - start) * 1000, "acyclic": (checked - built) * 1000, "version": networkx.__version__}))
