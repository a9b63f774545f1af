"""A small web site for tests: `site.py ADDRESS PORT`. /page answers 20 kB; /to?URL redirects to URL; /status?N answers N."""
import http.server
import socket
import sys
import urllib.parse


class Site(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self):
        path, _, query = self.path.partition("?")
        status, headers, body = 200, {}, b"p" * 20000
        if path == "/to":
            status, headers, body = 302, {"Location": urllib.parse.unquote(query)}, b"elsewhere"
        elif path == "/status":
            status, body = int(query), b"so it is"
        self.send_response(status)
        for name, value in {**headers, "Content-Length": str(len(body))}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


class Server(http.server.ThreadingHTTPServer):
    address_family = socket.AF_INET6

    def server_bind(self):
        self.socket.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 0)
        super().server_bind()


Server((sys.argv[1], int(sys.argv[2])), Site).serve_forever()
