# frozen_string_literal: true

# The threads that run steps. Knows nothing of what a job does.
#
# Only one Ruby thread computes at a time, and waking one costs more than a small step: so a job waits for the thread
# that is computing already, and another is woken only when all that are busy sleep (in I/O, in a call), or when nothing
# has begun for a tick. The most recently used idle thread is taken first; more are made up to a limit.

module MotiaRunner
  class Threads
    SPARE = 16
    # Without progress for so long, waiting jobs get threads of their own (seconds).
    TICK = 0.001

    # One thread and where it finds its next job. `fresh`: woken, not yet running.
    Worker = Struct.new(:jobs, :thread, :fresh) do
      def computing? = fresh || !thread.stop?
    end

    attr_writer :most

    def initialize(most)
      @most = most
      @waiting = []
      @idle = []
      @busy = []
      @begun = @seen = 0
      @lock = Mutex.new
    end

    def post(&job)
      @lock.synchronize do
        @waiting.empty? && @busy.none?(&:computing?) ? start(job) : @waiting << job
      end
    end

    # How long the reader may sleep: not at all past a tick while jobs wait.
    def patience = @waiting.empty? ? nil : TICK

    # Called by the reader at every tick.
    def tick
      return if @waiting.empty?

      @lock.synchronize do
        start(@waiting.shift) while @waiting.any? && @begun == @seen && @busy.size < @most
        @seen = @begun
      end
    end

    private

    def start(job)
      return @waiting.unshift(job) if @busy.size >= @most

      worker = @idle.pop || Worker.new(Thread::Queue.new)
      worker.fresh = true
      @busy << worker
      worker.jobs << job
      worker.thread ||= Thread.new { work(worker) }
    end

    def work(worker)
      Thread.current.report_on_exception = false
      while (job = worker.jobs.pop)
        run(worker, job)
      end
    ensure # also after Thread#kill
      @lock.synchronize do
        @busy.delete(worker)
        @idle.delete(worker)
        start(@waiting.shift) if @waiting.any? && @busy.none?(&:computing?)
      end
    end

    def run(worker, job)
      while job
        worker.fresh = false
        @begun += 1
        job.call
        clean
        job = @lock.synchronize { @waiting.shift || rest(worker) }
      end
    end

    def rest(worker)
      @busy.delete(worker)
      @idle.size < SPARE ? @idle << worker : worker.jobs << nil
      nil
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
