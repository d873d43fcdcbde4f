# frozen_string_literal: true

require "io/wait"

# Bytes in and out. Frames end at byte 0x0A and nowhere else; a line above the limit is skipped, its beginning kept.
# Knows nothing of messages. `send` may be called from any thread and never leaves half a line behind.

module MotiaRunner
  class Wire
    CHUNK = 64 * 1024
    PREFIX = 512

    # A line longer than allowed.
    Oversize = Struct.new(:prefix, :size)

    attr_writer :limit

    def initialize(input, output)
      @input = input
      @output = output
      @output.sync = true
      @limit = Values.limits["frame"]
      @rest = +"".b
      @skipped = nil
      @lock = Mutex.new
    end

    # Yields every line (String in UTF-8, or Oversize). Returns when the other end is gone. Before it sleeps it asks
    # `pace` how long it may, and tells it when it wakes.
    def each_line(pace, &block)
      loop do
        case data = @input.read_nonblock(CHUNK, exception: false)
        when :wait_readable
          @input.wait_readable(pace.patience)
          pace.tick
        when nil then return
        else feed(data, &block)
        end
      end
    rescue SystemCallError, IOError
      nil
    end

    # Protected from Timeout and Thread#kill, which may strike the thread of a step at any point.
    def send(line)
      Thread.handle_interrupt(Object => :never) do
        @lock.synchronize { write(line) }
      end
    rescue SystemCallError, IOError
      raise Motia::Error, "a forked process cannot use the context" if @abandoned

      exit!(0) # the core is gone
    end

    # In a forked child: the conversation is the parent's.
    def abandon
      @abandoned = true
      @input.close
      @output.close
    end

    private

    # Nonblocking calls keep the interpreter lock: giving it up for every line costs more than the line.
    def write(line)
      loop do
        written = @output.write_nonblock(line, exception: false)
        if written == :wait_writable then @output.wait_writable
        elsif written == line.bytesize then return
        else line = line.byteslice(written..)
        end
      end
    end

    def feed(data)
      from = 0
      while (at = data.index("\n", from))
        line = data.byteslice(from, at - from)
        from = at + 1
        unless @rest.empty?
          line = @rest << line
          @rest = +"".b
        end
        yield finish(line) unless line.empty?
      end
      keep(data.byteslice(from..)) if from < data.bytesize
    end

    def keep(part)
      @rest << part
      return if @rest.bytesize <= @limit

      @skipped = (@skipped || 0) + @rest.bytesize - PREFIX
      @rest = @rest.byteslice(0, PREFIX)
    end

    def finish(line)
      if @skipped || line.bytesize > @limit
        size = line.bytesize + (@skipped || 0)
        @skipped = nil
        return Oversize.new(line.byteslice(0, PREFIX), size)
      end
      line.force_encoding(Encoding::UTF_8)
    end
  end
end
