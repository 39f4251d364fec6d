# SPDX-License-Identifier: MIT
import ssl
from tls import made, words

def tell(call, *arguments, **options):
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    try:
        getattr(context, call)(*arguments, **options)
    except Exception as error:
        text = words(error)
        if isinstance(error, FileNotFoundError):
            text += f": '{arguments[0]}'"  # CPython does not name the file
        print(f"{type(error).__name__}: {text}")
        print(getattr(error, "library", None), getattr(error, "reason", None), error.errno)
    else:
        print("None")

tell("load_cert_chain", made("server.pem"), made("server.key"))
tell("load_cert_chain", made("chain.pem"), made("chain.key"))
tell("load_cert_chain", made("server.pem"), made("ca.key"))
tell("load_cert_chain", made("nothing.pem"), made("server.key"))
tell("load_cert_chain", made("server.key"), made("server.key"))
tell("load_cert_chain", made("server.pem"), made("server.pem"))
tell("load_cert_chain", made("locked.pem"), made("locked.key"), password="open sesame")
tell("load_verify_locations", made("nothing.pem"))
tell("load_verify_locations", made("server.key"))
tell("load_verify_locations", made("ca.pem"))
