"""A receiver of webhooks as somebody else would write it, with the reference library of Standard Webhooks.

Prints its port, then a line of JSON for each message: whether the library verified it, and what it says.
"""

import json
import os
from http.server import BaseHTTPRequestHandler, HTTPServer

from standardwebhooks.webhooks import Webhook, WebhookVerificationError

webhook = Webhook(os.environ["WEBHOOK_SECRET"])


class Receiver(BaseHTTPRequestHandler):
    def do_POST(self):
        body = self.rfile.read(int(self.headers["content-length"]))
        try:
            said, verified = webhook.verify(body, dict(self.headers)), True
        except WebhookVerificationError as error:
            said, verified = str(error), False
        print(json.dumps({"verified": verified, "said": said, "id": self.headers["webhook-id"]}), flush=True)
        self.send_response(204 if verified else 401)
        self.end_headers()

    def log_message(self, *_):
        pass


server = HTTPServer(("127.0.0.1", 0), Receiver)
print(server.server_port, flush=True)
server.serve_forever()
