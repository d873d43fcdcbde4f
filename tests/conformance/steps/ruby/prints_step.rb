def config
  { type: "event", name: "prints", subscribes: ["t.prints"] }
end

def handler(_input, _context)
  puts "hello"
  IO.for_fd(1, autoclose: false).syswrite("raw\n")
  system("echo child")
  "printed"
end
