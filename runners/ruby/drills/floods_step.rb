# Thousands of lines from several threads at once: none is lost, torn or attributed to somebody else.
def config = { type: "event", name: "Floods", subscribes: ["drill"] }

def handler(input)
  threads = Array.new(4) do |thread|
    Thread.new { input.lines.times { |line| puts "#{input.name} #{thread} #{line}" } }
  end
  threads.each(&:join)
  input.name
end
