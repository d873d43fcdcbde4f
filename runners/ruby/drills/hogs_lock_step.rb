# C code keeps the interpreter lock: no thread of the worker can run, and still the worker dies with its core.
require "fiddle"

def config = { type: "event", name: "HogsLock", subscribes: ["drill"] }

def handler(_input)
  long = Fiddle::TYPE_LONG
  Fiddle::Function.new(Fiddle.dlopen(nil)["sleep"], [long], long, need_gvl: true).call(60)
end
