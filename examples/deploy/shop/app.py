"""The application: it serves how many notes there are, once the database has what it was written for."""

import os
import sys
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from qb import Failure, connect, fn, select
from qb.kit import expects
from shop.tables import Note

NEEDS = "0001_add_notes"
"""The last migration that this code knows of."""


def main() -> None:
    with connect() as db:
        if isinstance(lacking := expects(NEEDS)(db), Failure):
            sys.exit(str(lacking.failure()))

        class Answer(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                found = db.scalar(select(fn.count(Note.id)))
                self.send_response(500 if isinstance(found, Failure) else 200)
                self.end_headers()
                self.wfile.write(f"{found.value_or('no answer')} notes\n".encode())

        with ThreadingHTTPServer(("", int(os.environ.get("PORT", "8000"))), Answer) as server:
            print(f"ready at port {server.server_port}", flush=True)
            server.serve_forever()


if __name__ == "__main__":
    main()
