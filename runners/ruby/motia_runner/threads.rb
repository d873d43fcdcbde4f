# frozen_string_literal: true

# The threads that run steps: reused, grown while all are busy, each invocation on a clean one. Also carries the
# invocation of a thread over to the threads it starts. Knows nothing of what a job does.

module MotiaRunner
  # Jobs run in the order they come; a job never ends its thread's usefulness, whatever it does.
  class Threads
    SPARE = 16

    def initialize(most)
      @most = most
      @jobs = Thread::Queue.new
      @count = 0
      @lock = Mutex.new
    end

    attr_writer :most

    def post(&job)
      @jobs << job
      grow if @jobs.num_waiting < @jobs.size
    end

    private

    def grow
      @lock.synchronize do
        return if @count >= @most

        @count += 1
      end
      Thread.new { work }
    end

    def work
      Thread.current.report_on_exception = false
      while (job = @jobs.pop)
        job.call
        clean
        break if @jobs.num_waiting > SPARE
      end
    ensure # also after Thread#kill
      @lock.synchronize { @count -= 1 }
      grow if @jobs.size > @jobs.num_waiting
    end

    # What a step left in its thread must not be seen by the next.
    def clean
      thread = Thread.current
      thread.keys.each { |key| thread[key] = nil }
      thread.thread_variables.each { |key| thread.thread_variable_set(key, nil) }
    end
  end

  # The invocation a thread belongs to, inherited by the threads it starts.
  module Current
    KEY = :motia_invocation

    class << self
      def get = Thread.current.thread_variable_get(KEY)
      def set(invocation) = Thread.current.thread_variable_set(KEY, invocation)
    end

    module Inherit
      def initialize(*args, &block)
        Current.get&.adopt(self)
        super
      end
      ruby2_keywords :initialize
    end

    # Thread.start skips `initialize`.
    module Start
      def start(*args, &block) = super.tap { |thread| Current.get&.adopt(thread) }
      def fork(*args, &block) = super.tap { |thread| Current.get&.adopt(thread) }
      ruby2_keywords :start, :fork
    end

    def self.install
      Thread.prepend(Inherit)
      Thread.singleton_class.prepend(Start)
    end
  end
end
