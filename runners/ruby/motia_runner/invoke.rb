# frozen_string_literal: true

# Runs one step in this thread: arguments, middleware, handler, and whatever way it ends → the answer to `step.run`.
# Nothing a handler does (raise, exit, throw, kill its thread) gets past `run`.

require_relative "context"
require_relative "invocation"
require_relative "request"
require_relative "response"

module MotiaRunner
  class Invoke
    # What came in or goes out cannot be said on the wire.
    class Refused < StandardError
    end

    class ThreadKilled < StandardError
    end

    def initialize(peer, loader)
      @peer = peer
      @loader = loader
    end

    # Answers the request `id` exactly once.
    def run(id, invocation, special)
      failed = ThreadKilled.new("the handler killed its thread")
      Current.set(invocation)
      answer = perform(invocation, special)
      failed = nil
    rescue Exception => error # rubocop:disable Lint/RescueException
      failed = error
    ensure
      Thread.handle_interrupt(Object => :never) { conclude(id, invocation, answer, failed) }
    end

    private

    # The answer's JSON, made before the invocation ends: what cannot be said fails it.
    def perform(invocation, special)
      params = invocation.params
      step = invocation.step = @loader.step(params["file"], params["snapshot"])
      raise Loader::Unavailable, "#{params['file']} has no member #{params['member']}" unless params["member"] == ""
      raise Loader::Unavailable, "#{params['file']} has no handler" unless step.handler
      raise Motia::Cancelled if invocation.cancelled?

      api = params["trigger"] == "api"
      input = refusable { api ? Requests.build(params["input"], special) : Values.unpack(params["input"], special) }
      invocation.context = Context.new(invocation)
      result = chain(invocation, step.unit.instance, input, 0)
      refusable { api ? %({"response":#{response(invocation, result)}}) : %({"value":#{value(invocation, result)}}) }
    end

    def refusable
      yield
    rescue Motia::PayloadRefused => error
      raise Refused, error.message
    end

    # Middleware number `at`, or the handler after the last.
    def chain(invocation, main, input, at)
      middleware = invocation.step.middleware[at]
      return handle(invocation, main, input) unless middleware

      following = lambda do |changed = nil, *|
        Response.open(chain(invocation, main, changed.nil? ? input : Requests.replacement(changed), at + 1))
      end
      middleware.call(main, [input, invocation.context, following], &following)
    end

    def handle(invocation, main, input)
      if (issues = invocation.params["issues"])
        raise Motia::ValidationError.new("Validation failed", data: { "issues" => Values.unpack(issues) })
      end

      handler = invocation.step.handler
      bare = invocation.params["trigger"] == "cron" && (handler.places || 1) < 2
      handler.call(main, bare ? [invocation.context] : [input, invocation.context])
    end

    def response(invocation, result) = Values.generate(Response.new(invocation).of(result))

    # Nobody waits for what an event or cron handler returns, and a Ruby method returns its last line whether it means
    # to or not: what cannot be sent is left out.
    def value(invocation, result)
      Values.dump(result, "result")
    rescue Motia::PayloadRefused => error
      invocation.log("debug", "the handler's result is left out: #{error.message}", {})
      "null"
    end

    def conclude(id, invocation, answer, failed)
      invocation.finish
      Current.set(nil)
      if invocation.cancelled? then @peer.fail(id, Peer::CANCELLED, "the invocation was cancelled")
      elsif failed then Invoke.refuse(@peer, id, failed)
      else @peer.reply(id, answer)
      end
    end

    # Any exception → the error that answers request `id`.
    def self.refuse(peer, id, error)
      case error
      when Refused then peer.fail(id, Peer::PAYLOAD_REFUSED, error.message)
      when Loader::Unavailable then peer.fail(id, Peer::STEP_UNAVAILABLE, error.message)
      when Motia::ValidationError then peer.fail(id, error.code, error.message, { "issues" => error.issues })
      when SystemExit
        text = "the handler called exit(#{error.status})"
        peer.fail(id, Peer::HANDLER_FAILED, text, { **Failures.describe(error), "name" => "Exit", "message" => text })
      else
        data = Failures.describe(error)
        peer.fail(id, Peer::HANDLER_FAILED, data["message"], data)
      end
    end
  end
end
