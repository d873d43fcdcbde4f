# `exit!` is beyond our reach: the process ends at once, with nothing half written on the wire.
def config = { type: "event", name: "Dies", subscribes: ["drill"] }

def handler(_input)
  exit!(7)
end
