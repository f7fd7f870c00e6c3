"""The tests, laid out like the program: rules/ models/ web/ browser/ bench/.

Fixtures stand in conftest.py, real servers in databases.py, the page-checking client in web_client.py,
programs of other people that judge our feeds and pages in judges.py, and what the tree itself must keep to in
test_architecture.py.
"""
