# Reads stdin, rewrites descriptor 1, replaces and closes $stdout: the wire is elsewhere.
require "stringio"

def config = { type: "event", name: "Steals", subscribes: ["drill"] }

def handler(_input)
  read = $stdin.read
  STDOUT.reopen(File::NULL)
  $stdout = StringIO.new
  puts "into the void"
  $stdout.close
  $stdout = STDOUT
  STDOUT.close_write rescue nil
  IO.for_fd(1, autoclose: false).close rescue nil
  read
end
