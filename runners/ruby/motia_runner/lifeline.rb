# frozen_string_literal: true

# Makes sure that no worker outlives the core: a thread waits for the lifeline's end, and on Linux the kernel kills the
# process when its parent dies, which also holds while C code keeps the interpreter lock. Never waits for user code.

module MotiaRunner
  module Lifeline
    SET_PARENT_DEATH_SIGNAL = 1
    KILL = 9

    module_function

    def watch
      Signal.trap("INT", "IGNORE")
      Signal.trap("TERM", "SYSTEM_DEFAULT")
      number = ENV.delete("MOTIA_LIFELINE") or return
      line = IO.for_fd(Integer(number))
      line.close_on_exec = true
      Thread.new do
        line.read(1)
        exit!(0)
      rescue SystemCallError, IOError
        exit!(0)
      end
    rescue ArgumentError, SystemCallError => error
      $stderr.puts("motia: MOTIA_LIFELINE=#{number} is no open descriptor (#{error.message})")
    end

    # The signal is lost if the parent died before it was asked for, hence the comparison.
    def follow(parent)
      return unless RUBY_PLATFORM.include?("linux")

      ask_kernel
      exit!(1) if parent && Process.ppid != parent
    end

    def ask_kernel
      require "fiddle"
      long = Fiddle::TYPE_LONG
      prctl = Fiddle::Function.new(Fiddle.dlopen(nil)["prctl"], [Fiddle::TYPE_INT, long, long, long, long], Fiddle::TYPE_INT)
      prctl.call(SET_PARENT_DEATH_SIGNAL, KILL, 0, 0, 0)
    rescue LoadError, StandardError
      nil # an extra: the lifeline works without
    end
  end
end
