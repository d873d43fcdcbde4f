# frozen_string_literal: true

# Owns descriptors 0 and 1: moves the wire to private ones before anything of the user's is loaded, and turns what is
# printed into `log` notifications of the step that printed it. Never buffers beyond an unfinished line.
#
# STDOUT and STDERR stay the objects they are, with `write` replaced, so that `puts`, `p`, `print`, a Logger made at
# load time and `STDOUT.puts` are all caught. What writes to descriptor 1 itself (a child process) lands on stderr.

module MotiaRunner
  module Output
    LONGEST = 64 * 1024
    # What is heard, and how grave it is.
    LEVELS = { "stdout" => "info", "stderr" => "error", "warning" => "warn" }.freeze

    # Lines of one source for one owner (an invocation, or the worker itself).
    class Lines
      def initialize(source, &deliver)
        @source = source
        @deliver = deliver
        @rest = +""
        @lock = Mutex.new
      end

      def write(text)
        @lock.synchronize do
          @rest << text
          return unless @rest.include?("\n") || @rest.bytesize > LONGEST

          *whole, @rest = @rest.split("\n", -1)
          @rest = +(@rest || "")
          whole << @rest.slice!(0..) if @rest.bytesize > LONGEST
          whole.each { |line| @deliver.call(@source, line) }
        end
      end

      def flush
        @lock.synchronize { @deliver.call(@source, @rest.slice!(0..)) unless @rest.empty? }
      end
    end

    module Capture
      def write(*parts)
        text = parts.size == 1 && parts[0].is_a?(String) ? parts[0] : parts.join
        Output.printed(@motia_source, text) ? text.bytesize : super
      end

      def <<(part)
        write(part)
        self
      end

      def syswrite(text) = write(text)
      def write_nonblock(text, **) = write(text)
      def flush = self
      def fsync = 0
      def tty? = false
      def isatty = false
    end

    # What `warn` says is a line of that level; other writing to stderr is an error's.
    module Warnings
      def warn(message, **) = Output.printed("warning", message) ? nil : super
    end

    class << self
      # Called with (source, text); answers false when nobody can take it yet, and it goes to the real stderr.
      attr_writer :sink

      # Returns the private ends of the wire: [input, output].
      def claim
        wire = [$stdin.dup, $stdout.dup]
        wire.each(&:binmode)
        $stdin.reopen(File::NULL)
        $stdout.reopen($stderr)
        capture(STDOUT, "stdout")
        capture(STDERR, "stderr")
        # `warn` bypasses STDERR's methods as long as $stderr is that very object.
        $stderr = capture(IO.for_fd(2, "w", autoclose: false), "stderr")
        Warning.singleton_class.prepend(Warnings)
        wire
      end

      # The name of a source on the wire.
      def stream(source) = source == "stdout" ? source : "stderr"

      def printed(source, text)
        @sink ? @sink.call(source, text) : false
      rescue ThreadError # a signal handler may not lock
        false
      end

      private

      def capture(io, source)
        io.sync = true
        io.instance_variable_set(:@motia_source, source)
        io.extend(Capture)
      end
    end
  end
end
