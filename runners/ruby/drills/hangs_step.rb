# Never finishes loading: it is given up after a while, and the files beside it load.
def config = { type: "event", name: "Hangs", subscribes: ["drill"] }

sleep
