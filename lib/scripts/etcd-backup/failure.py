# Failures that are told to people, in one line.


class Failure(Exception):
    pass


# Returns a text in one line without control characters: answers of servers are copied into records.
def in_one_line(text, length=300):
    return " ".join(text.split())[:length]
