"""A terminal, and the person at it."""
import codecs
import contextlib
import os
import pty
import select
import subprocess

CTRL_D = "\x04"


class Terminal:
    """A program whose terminal we are."""

    def __init__(self, words, env):
        self.master, slave = pty.openpty()
        self.program = subprocess.Popen(words, stdin=slave, stdout=slave, stderr=slave, env=env, start_new_session=True)
        os.close(slave)
        self.decoder = codecs.getincrementaldecoder("utf-8")()
        self.seen = self.text = ""  # seen: not waited for yet

    def read(self):
        """More of what it shows; False at its end."""
        with contextlib.suppress(OSError):  # EIO: nobody has the other side open
            assert select.select([self.master], [], [], 60)[0], f"nothing more after: {self.text}"
            octets = os.read(self.master, 65536)
            more = self.decoder.decode(octets)
            self.seen += more
            self.text += more
            return bool(octets)
        return False

    def await_text(self, text):
        while text not in self.seen:
            assert self.read(), f"{text!r} was not shown: {self.text}"
        self.seen = self.seen.split(text, 1)[1]

    def answer(self, question, line):
        self.await_text(question)
        os.write(self.master, (line if line == CTRL_D else line + "\n").encode())

    def end(self):
        """Its exit status."""
        while self.read():
            pass
        os.close(self.master)
        return self.program.wait(60)
