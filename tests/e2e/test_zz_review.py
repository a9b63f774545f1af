import os
import wire
from wire import ping
from test_hostile import bodies, RAW
def test_load(own_collector, tmp_path):
    c=own_collector.start(); os.chmod(tmp_path,0o755)
    p=c.probe(); good=p.batch([ping()])
    d=tmp_path/"s"; d.mkdir()
    files={"empty":b"","four":good[:4],"eight":good[:8],"big":good+bytes(3<<20),"two":good+good,"text":b"hello\n"*100, "only sig":good[-106:], "good":good}
    for i,(n,pk,ln,ct) in enumerate(bodies()):
        pr=c.probe(); files["b%d %s"%(i,n.replace(" ","-"))]=pr.seal(wire.line(**pr.header(packed=len(pk),length=ln,count=ct)),pk)
    for n,b in files.items(): (d/n).write_bytes(b)
    (d/"dir").mkdir(); os.symlink("/dev/zero", d/"zero"); os.symlink("nowhere", d/"dangling")
    print(c.run("load", *sorted(d.iterdir()), d/"none", status=1))
