"""The addresses of Datasette's internal pages: what is closed, and what is open."""

# Of Datasette 0.65 and 1.0; both versions are asked for all.
CLOSED_PAGES = """
    actions actions.json actor actor.json allow-debug allowed allowed.json api auth-token check check.json
    config config.json create-token databases databases.json debug/autocomplete jump jump.json logout messages
    patterns permissions plugins plugins.json queries queries.json rules rules.json schema schema.json
    schema.md settings settings.json tasks tasks.json threads threads.json versions versions.json
"""
# What Datasette 1.0 has below a database, a canned query, a table and a row.
CLOSED_BELOW = """
    -/create -/execute-write -/execute-write/analyze -/foreign-key-targets -/queries -/queries.json
    -/queries/analyze -/queries/store -/query/parameters said_by/-/definition said_by/-/delete said_by/-/edit
    said_by/-/update quotes/-/alter quotes/-/autocomplete quotes/-/count quotes/-/drop
    quotes/-/foreign-key-suggestions quotes/-/fragment quotes/-/insert quotes/-/schema quotes/-/schema.json
    quotes/-/schema.md quotes/-/set-column-type quotes/-/upsert quotes/1/-/delete quotes/1/-/update
"""
CLOSED_ADDRESSES = ["/-", "/-/", *(f"/-/{name}" for name in CLOSED_PAGES.split())]
CLOSED_ADDRESSES += [f"/archive/{name}" for name in CLOSED_BELOW.split()]
# All that is open of Datasette's pages whose address has a part "-".
OPEN_PAGES = ["/-/search", "/-/metadata.json", "/archive/-/query", "/archive/-/schema"]
