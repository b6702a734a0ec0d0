# Requests over HTTP. Proxies come from the environment, as for all other programs of the machine. Redirects are refused: they would take
# credentials elsewhere.

import http.client
import shutil
import ssl
import sys
import time
import urllib.error
import urllib.request

from failure import Failure, in_one_line

# Seconds without progress after which a request has failed, and the pauses between its tries.
SECONDS = 60
PAUSES = (2, 8, 30)


class Refused(Failure):
    def __init__(self, text, status, body):
        super().__init__(text)
        self.status, self.body = status, body


class NoRedirect(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_):
        return None


# Returns a connection's settings that trust the CAs of the machine, and a further one in PEM.
def trusting(ca=None):
    context = ssl.create_default_context()
    if ca:
        context.load_verify_locations(cadata=ca)
    return context


# Returns the URL of a request without its query, for texts.
def place_of(url):
    return url.split("?")[0]


def send_once(method, url, headers, body, context, target):
    opener = urllib.request.build_opener(urllib.request.HTTPSHandler(context=context), NoRedirect())
    content = body() if body else None
    try:
        request = urllib.request.Request(url, data=content, headers=headers, method=method)
        with opener.open(request, timeout=SECONDS) as answer:
            if target is None:
                return answer.headers, answer.read()
            with open(target, "wb") as file:
                shutil.copyfileobj(answer, file, 1 << 20)
            return answer.headers, b""
    except urllib.error.HTTPError as error:
        answer = error.read(10000)
        raise Refused("%s %s: %d %s" % (method, place_of(url), error.code, in_one_line(error.reason or "")), error.code, answer)
    finally:
        if hasattr(content, "close"):
            content.close()


# Sends a request, and again after errors that may pass. `body` makes the content anew for each try. The answer goes to the file `target`
# when one is given. Returns the headers and the content of the answer.
def send(method, url, headers, context, body=None, target=None):
    for pause in (*PAUSES, None):
        try:
            return send_once(method, url, headers, body, context, target)
        except Refused as error:
            if pause is None or error.status < 500 and error.status != 429:
                raise
            reason = str(error)
        except (OSError, http.client.HTTPException) as error:
            reason = "%s %s: %s" % (method, place_of(url), in_one_line(str(getattr(error, "reason", error)) or type(error).__name__))
            if pause is None:
                raise Failure(reason)
        print("%s; tries again in %d s" % (reason, pause), file=sys.stderr)
        time.sleep(pause)
