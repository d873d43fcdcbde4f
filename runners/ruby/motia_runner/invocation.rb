# frozen_string_literal: true

# One running `step.run`: its calls to the core, whether it was cancelled, what it prints, the threads it started.
# Knows how calls wait and are interrupted; nothing of steps or results.

module MotiaRunner
  class Invocation
    CANCELLED = Object.new.freeze
    PAUSE = 0.001
    # What is kept of a log line that exceeds a frame (characters).
    KEPT = 1000
    # How long a thread the step started, busy as the step ends, may take until it makes its next call or sleeps (s).
    SETTLE = 0.1

    attr_reader :id, :params
    attr_accessor :step, :context, :transaction

    def initialize(params, peer)
      @id = params["invocation"]
      @params = params
      @peer = peer
      @started = Process.clock_gettime(Process::CLOCK_REALTIME)
      @waiting = []
      @lock = Mutex.new
    end

    def unit = @step&.unit
    def deadline = @started + (@params["deadlineMs"] || 0) / 1000.0
    def cancelled? = !@reason.nil?
    def ended? = @ended

    # Makes a call of PROTOCOL.md and waits for its result: [result, special?]. `params` is packed already. Also sent
    # when the invocation has ended: it is the core that refuses it then.
    def call(method, params)
      interrupt
      slot = Thread::Queue.new
      id = nil
      begin
        id = send(method, params, slot)
        answer = slot.pop
      ensure
        settle(id, slot)
      end
      interrupt if answer.equal?(CANCELLED)
      result(answer)
    end

    def log(level, message, fields, source = "logger")
      line = { "level" => level, "msg" => message, "fields" => fields, "source" => source,
               "time" => Process.clock_gettime(Process::CLOCK_REALTIME, :millisecond) }
      line["invocation"] = @id unless @ended
      return if @peer.notify("log", Values.generate(line))

      cut = { "msg" => "#{message[0, KEPT]}… (cut)", "fields" => {} }
      @peer.notify("log", Values.generate(line.merge(cut)))
    end

    def printed(source, text) = lines(source).write(text)

    # Calls that wait raise Cancelled; the next call of any other thread does.
    def cancel(reason)
      @lock.synchronize do
        next if @reason

        @reason = reason
        @waiting.each { |slot| slot << CANCELLED }
      end
    end

    # A thread the step started belongs to it.
    def adopt(thread)
      return if @ended

      thread.thread_variable_set(Current::KEY, self)
      @lock.synchronize do
        @threads = @threads ? @threads.select(&:alive?) : []
        @threads << thread
      end
    end

    # Calls that threads of the step have begun are finished; then nothing more is done in its name.
    def finish
      settle_threads if @threads
      @lines&.each_value(&:flush)
      @ended = true
    end

    private

    # Once per thread, so that cleaning up may use the context.
    def interrupt
      return if @reason.nil? || @told&.key?(Thread.current)

      (@told ||= {}.compare_by_identity)[Thread.current] = true
      raise Motia::Cancelled, @reason
    end

    def send(method, params, slot)
      @lock.synchronize do
        @waiting << slot
        slot << CANCELLED if @reason && !@told&.key?(Thread.current)
      end
      @peer.call(method, Values.generate({ "invocation" => @id, **params }), slot)
    end

    def settle(id, slot)
      @lock.synchronize { @waiting.delete(slot) }
      @peer.forget(id) if id
    end

    def result(answer)
      result, error, special = answer
      raise Motia::Error.for(error["code"], error["message"].to_s, Values.unpack(error["data"])) if error

      [result || {}, special]
    end

    def settle_threads
      loop do
        patience = now + SETTLE
        @threads.select(&:alive?).each do |thread|
          sleep(PAUSE) while thread.alive? && !thread.stop? && now < patience
        end
        break if @waiting.empty? || cancelled?

        # What a call gave them, they may still make something of.
        sleep(PAUSE) while @waiting.any? && !cancelled?
      end
    end

    def now = Process.clock_gettime(Process::CLOCK_MONOTONIC)

    def lines(source)
      @lock.synchronize do
        (@lines ||= {})[source] ||= Output::Lines.new(source) { |from, line| log(Output::LEVELS[from], line, {}, Output.stream(from)) }
      end
    end
  end
end
