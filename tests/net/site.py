"""A small web site for tests: `site.py ADDRESS PORT`. /page answers 20 kB; /to?URL redirects to URL; /status?N answers N;
/cookie redirects to itself until its cookie comes back; /early sends 103 Early Hints 300 ms before the answer.
/lie/v1/ping and /lie/v1/upload are those of a measurement target that counts what came as if it had come within a microsecond;
those of /early, /still and /drip end a download after 32 000 octets, send no more of it, and an octet now and then."""
import http.server
import socket
import sys
import time
import urllib.parse


class Site(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self):
        path, _, query = self.path.partition("?")
        status, headers, body = 200, {}, b"p" * 20000
        if path == "/to":
            status, headers, body = 302, {"Location": urllib.parse.unquote(query)}, b"elsewhere"
        elif path == "/cookie" and "Cookie" not in self.headers:
            status, headers, body = 302, {"Location": "/cookie", "Set-Cookie": "seen=1; path=/; HttpOnly"}, b""
        elif path == "/early":
            self.wfile.write(b"HTTP/1.1 103 Early Hints\r\nLink: </style.css>; rel=preload\r\n\r\n")
            time.sleep(0.3)
        elif path == "/status":
            status, body = int(query), b"so it is"
        elif path.endswith("/v1/download") and path != "/v1/download":
            self.download(path.split("/")[1])
            return
        elif path.endswith("/v1/ping") and path != "/v1/ping":
            body = b"pong\n"
        self.send_response(status)
        for name, value in {**headers, "Content-Length": str(len(body))}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def download(self, how):
        self.send_response(200)
        self.send_header("Transfer-Encoding", "chunked")
        self.end_headers()
        for _ in range(100 if how == "drip" else 2):
            piece = b"d" * (1 if how == "drip" else 16000)
            self.wfile.write(b"%x\r\n%s\r\n" % (len(piece), piece))
            time.sleep(0.05)
        if how == "still":
            time.sleep(3)
        self.wfile.write(b"0\r\n\r\n")

    def do_POST(self):
        size = 0
        while length := int(self.rfile.readline(), 16):  # in chunks
            size += len(self.rfile.read(length))
            self.rfile.readline()
        self.rfile.readline()
        body = b'{"bytes":%d,"us":1}' % size
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
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
