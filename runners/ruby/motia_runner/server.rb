# frozen_string_literal: true

# What the core may ask, method by method: checks params, posts the work to the threads, answers. The reading thread
# only takes note (a new invocation, a cancel) and never writes, waits or runs anything of the user's.

require_relative "forks"
require_relative "invoke"
require_relative "lifeline"
require_relative "loader"
require_relative "output"
require_relative "peer"
require_relative "threads"

module MotiaRunner
  class Server
    PROTOCOL = 1
    # Threads beyond `inFlight`, for pings and questions.
    EXTRA = 4
    SHAPES = {
      "initialize" => { "protocol" => Integer, "runDir" => String, "limits" => Hash },
      "step.describe" => { "snapshot" => Integer, "files" => [String], "changed" => [String] },
      "step.run" => { "invocation" => String, "snapshot" => Integer, "file" => String, "member" => String,
                      "trigger" => String, "traceId" => String, "deadlineMs" => Integer },
      "stream.canAccess" => { "file" => String, "snapshot" => Integer, "subscription" => Hash },
      "stream.authenticate" => { "file" => String, "request" => Hash },
      "config.load" => { "file" => String },
      "shutdown" => { "graceMs" => Integer }, "ping" => {}
    }.freeze

    def initialize(input, output, project)
      @threads = Threads.new(Values.limits["inFlight"] + EXTRA)
      @wire = Wire.new(input, output)
      @peer = Peer.new(@wire, @threads)
      @loader = Loader.new(project)
      @invoke = Invoke.new(@peer, @loader)
      @running = {}
      @lock = Mutex.new
      @idle = ConditionVariable.new
      @shutdown = Thread::Queue.new
      @printed = {}
    end

    # The main thread waits for the end. What threads of the user's throw at it (exit, abort_on_exception) is logged.
    def serve
      Thread.new { listen }
      begin
        finish(*@shutdown.pop)
      rescue Exception => error # rubocop:disable Lint/RescueException
        printed("stderr", "a thread outside any step ended with #{error.class}: #{error.message}\n")
        retry
      end
      exit(0)
    end

    # A forked child is no worker: it prints to stderr and has no wire.
    def abandon
      Output.sink = nil
      @wire.abandon
      nil
    end

    private

    def listen
      @peer.listen { |id, method, params, special| receive(id, method, params, special) }
    ensure
      exit!(0)
    end

    def receive(id, method, params, special)
      return notified(method, params) if id.nil?
      unless @ready || method == "initialize"
        return refuse(id, Peer::NOT_INITIALIZED, "#{method} before initialize was answered")
      end

      shape = SHAPES[method] or return refuse(id, Peer::METHOD_NOT_FOUND, "there is no method #{method}")
      wrong = misfit(params, shape)
      return refuse(id, Peer::INVALID_PARAMS, "#{method}: #{wrong}") if wrong

      method == "step.run" ? run(id, params, special) : ask(id, method, params, special)
    rescue StandardError => error
      refuse(id, Peer::INTERNAL_ERROR, "#{method}: #{error.class}: #{error.message}") if id
    end

    def ask(id, method, params, special)
      case method
      when "initialize" then start(id, params)
      when "ping" then @threads.post { @peer.reply(id, "{}") }
      when "step.describe"
        asked = [params["snapshot"], params["files"], params["changed"] || [], params["held"] || []]
        answer(id) { { "files" => @loader.describe(*asked) } }
      when "stream.canAccess" then answer(id) { { "allowed" => allowed?(params, special) } }
      when "stream.authenticate" then answer(id) { { "context" => authenticate(params, special) } }
      when "config.load" then answer(id) { @loader.configuration(params["file"]) }
      when "shutdown"
        @draining = true
        @shutdown << [id, params["graceMs"]]
      end
    end

    def start(id, params)
      if params["protocol"] != PROTOCOL
        return @peer.fail(id, 1017, "this runner speaks protocol #{PROTOCOL}", { "supported" => [PROTOCOL] })
      end

      Values.configure(limits: params["limits"], run_dir: params["runDir"])
      @wire.limit = Values.limits["frame"]
      @threads.most = Values.limits["inFlight"] + EXTRA
      @ready = true
      @peer.reply(id, Values.generate({ "protocol" => PROTOCOL, "runnerVersion" => Motia::VERSION,
                                        "runtime" => "ruby #{RUBY_VERSION}", "pid" => Process.pid }))
      Output.sink = method(:printed)
      Lifeline.follow(params["parentPid"])
    end

    def run(id, params, special)
      return refuse(id, Peer::DRAINING, "the worker is shutting down") if @draining
      if params["trigger"] == "api" && !params["input"].is_a?(Hash)
        return refuse(id, Peer::INVALID_PARAMS, "step.run: the input of an api step must be an object")
      end

      invocation = Invocation.new(params, @peer)
      @lock.synchronize { @running[invocation.id] = invocation }
      @threads.post do
        @invoke.run(id, invocation, special)
      ensure
        @lock.synchronize do
          @running.delete(invocation.id)
          @idle.signal if @running.empty?
        end
      end
    end

    def notified(method, params)
      return unless method == "cancel" && @ready

      invocation = @lock.synchronize { @running[params["invocation"]] }
      invocation&.cancel(params["reason"].to_s)
    end

    def allowed?(params, special)
      step = @loader.step(params["file"], params["snapshot"])
      step.allow?(Values.unpack(params["subscription"], special), Values.unpack(params["auth"], special))
    end

    def authenticate(params, special)
      name = params["function"] || "streamAuth.authenticate"
      function = name.split(".").reduce(@loader.configuration_hash(params["file"])) do |value, key|
        value.is_a?(Hash) ? value.transform_keys { |one| Shape.camel(one) }[key] : nil
      end
      raise Loader::Unavailable, "#{params['file']} has no #{name}" unless Shape.function?(function)

      Values.pack(Function.new(nil, function).call(nil, [Values.unpack(params["request"], special)]), "context")
    end

    # Posts a question; what the user's code does to it is an answer too.
    def answer(id)
      @threads.post do
        failed = Invoke::ThreadKilled.new("the function killed its thread")
        result = Values.generate(Values.pack_plain(yield, "result"))
        failed = nil
      rescue Exception => error # rubocop:disable Lint/RescueException
        failed = error
      ensure
        failed ? Invoke.refuse(@peer, id, failed) : @peer.reply(id, result)
      end
    end

    def finish(id, grace)
      ends = Process.clock_gettime(Process::CLOCK_MONOTONIC) + grace / 1000.0
      @lock.synchronize do
        until @running.empty? || (left = ends - Process.clock_gettime(Process::CLOCK_MONOTONIC)) <= 0
          @idle.wait(@lock, left)
        end
      end
      @peer.reply(id, "{}")
    end

    # Lines of a step go out in its name, others in the worker's.
    def printed(source, text)
      text = Values.text(text)
      invocation = Current.get
      return invocation.printed(source, text) if invocation && !invocation.ended?

      lines = @lock.synchronize do
        @printed[source] ||= Output::Lines.new(source) { |from, line| log(from, line) }
      end
      lines.write(text)
    end

    def log(source, line)
      told = { "level" => Output::LEVELS[source], "msg" => line, "fields" => {}, "source" => Output.stream(source) }
      @peer.notify("log", Values.generate(told))
    end

    # What is wrong with params, or nil.
    def misfit(params, shape)
      shape.each do |key, type|
        value = params[key]
        next if value.nil? && key == "changed"
        next if type.is_a?(Array) ? value.is_a?(Array) && value.all?(type[0]) : value.is_a?(type)

        return "#{key} must be #{type.is_a?(Array) ? "a list of #{type[0]}" : "a #{type}"}"
      end
      nil
    end

    def refuse(id, code, message) = @threads.post { @peer.fail(id, code, message) }
  end
end
