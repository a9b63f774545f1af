"""Certificate authorities of the tests' own."""
import datetime
import ipaddress

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

NOW = datetime.datetime.utcnow().replace(microsecond=0)


class Authority:
    def __init__(self, folder, name, signer=None, ca=True):
        self.folder, self.name = folder, name
        self.key = ec.generate_private_key(ec.SECP256R1())
        self.subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
        self.certificate = self.sign(self.subject, self.key, signer or self, ca=ca)

    @staticmethod
    def sign(subject, key, signer, days=(-10, 90), names=(), ca=False, digest=None):
        make = (x509.CertificateBuilder().subject_name(subject).issuer_name(signer.subject).public_key(key.public_key())
                .serial_number(x509.random_serial_number())
                .not_valid_before(NOW + datetime.timedelta(days=days[0]))
                .not_valid_after(NOW + datetime.timedelta(days=days[1]))
                .add_extension(x509.BasicConstraints(ca=ca, path_length=None), critical=True))
        if names:
            make = make.add_extension(x509.SubjectAlternativeName(list(names)), critical=False)
        return make.sign(signer.key, digest or hashes.SHA256())

    def issue(self, name, host="probe.example", days=(-10, 90), key=None, self_signed=False, addresses=()):
        key = key or ec.generate_private_key(ec.SECP256R1())
        subject = x509.Name([x509.NameAttribute(NameOID.ORGANIZATION_NAME, "Réseau du Bénin"),
                             x509.NameAttribute(NameOID.COMMON_NAME, host)])
        names = [x509.DNSName(host)] + [x509.IPAddress(ipaddress.ip_address(a)) for a in addresses]
        signer = type("Self", (), {"subject": subject, "key": key}) if self_signed else self
        certificate = self.sign(subject, key, signer, days, names)
        (self.folder / f"{name}.pem").write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
        (self.folder / f"{name}.key").write_bytes(key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()))
        return certificate

    def write(self):
        path = self.folder / f"{self.name}.pem"
        path.write_bytes(self.certificate.public_bytes(serialization.Encoding.PEM))
        return path
