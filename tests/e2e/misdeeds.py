"""The same misdeeds in four languages, and files that cannot be loaded."""

from __future__ import annotations

# `how` comes as a query parameter.
TYPESCRIPT = """
    export const config = {
      type: 'api', name: 'Misdeeds%(n)s', method: 'POST', path: '/%(path)s', emits: [],
      infrastructure: { handler: { timeout: 4 } },
    }

    export const handler = async (req, { logger }) => {
      switch (req.queryParams.how) {
        case 'throws': throw new Error('boom')
        case 'nothing': return
        case 'hangs': return new Promise(() => {})
        case 'exits': process.exit(3)
        case 'prints': process.stdout.write('x'.repeat(1_000_000) + '\\n'); return { status: 200, body: 'printed' }
        case 'floods': for (let i = 0; i < 20_000; i++) logger.info('line ' + i); return { status: 200, body: 'flooded' }
        case 'cycle': { const a = { name: 'a' }; a.self = a; return { status: 200, body: a } }
        case 'bytes': return { status: 200, body: Buffer.from([0, 255, 10, 13]) }
        case 'date': return { status: 200, body: { at: new Date(Date.UTC(2024, 0, 2, 3, 4, 5)) } }
        case 'header': return { status: 200, headers: { 'x-evil': 'a\\r\\nset-cookie: b=c' }, body: {} }
        case 'status': return { status: 99, body: {} }
        default: return { status: 200, body: { fine: true } }
      }
    }
"""
PYTHON = """
    import asyncio, datetime, sys, time

    config = {
        "type": "api", "name": "MisdeedsPy", "method": "POST", "path": "/python", "emits": [],
        "infrastructure": {"handler": {"timeout": 4}},
    }

    async def handler(req, context):
        how = req["queryParams"].get("how")
        if how == "throws": raise ValueError("boom")
        if how == "nothing": return None
        if how == "hangs": await asyncio.sleep(3600)
        if how == "exits": sys.exit(3)
        if how == "prints":
            print("x" * 1_000_000)
            return {"status": 200, "body": "printed"}
        if how == "floods":
            for i in range(20_000): context.logger.info(f"line {i}")
            return {"status": 200, "body": "flooded"}
        if how == "cycle":
            a = {"name": "a"}
            a["self"] = a
            return {"status": 200, "body": a}
        if how == "bytes": return {"status": 200, "body": bytes([0, 255, 10, 13])}
        if how == "date":
            return {"status": 200, "body": {"at": datetime.datetime(2024, 1, 2, 3, 4, 5, tzinfo=datetime.timezone.utc)}}
        if how == "header": return {"status": 200, "headers": {"x-evil": "a\\r\\nset-cookie: b=c"}, "body": {}}
        if how == "status": return {"status": 99, "body": {}}
        return {"status": 200, "body": {"fine": True}}
"""
RUBY = """
    def config
      { type: 'api', name: 'MisdeedsRb', method: 'POST', path: '/ruby', emits: [],
        infrastructure: { handler: { timeout: 4 } } }
    end

    def handler(req, context)
      case req.queryParams['how']
      when 'throws' then raise ArgumentError, 'boom'
      when 'nothing' then nil
      when 'hangs' then sleep 0.01 until context.cancelled?
      when 'exits' then exit 3
      when 'prints'
        puts 'x' * 1_000_000
        { status: 200, body: 'printed' }
      when 'floods'
        20_000.times { |i| context.logger.info("line #{i}") }
        { status: 200, body: 'flooded' }
      when 'cycle'
        a = { name: 'a' }
        a[:self] = a
        { status: 200, body: a }
      when 'bytes' then { status: 200, body: [0, 255, 10, 13].pack('C*') }
      when 'date' then { status: 200, body: { at: Time.utc(2024, 1, 2, 3, 4, 5) } }
      when 'header' then { status: 200, headers: { 'x-evil' => "a\\r\\nset-cookie: b=c" }, body: {} }
      when 'status' then { status: 99, body: {} }
      else { status: 200, body: { fine: true } }
      end
    end
"""
BROKEN = {
    "steps/syntax.step.ts": "export const config = {\n  type: 'api'\n  name: 'X'\n",
    "steps/no_config_step.py": "def handler(req, context):\n    return {}\n",
    "steps/exits.step.js": "process.exit(4)\n",
    "steps/raises_step.py": "import nowhere_to_be_found\nconfig = {}\n",
    "steps/bad_step.rb": "def config\n  { type: 'api',\nend\n",
    "steps/z_twin.step.js": (
        "exports.config = { type: 'api', name: 'Twin', method: 'POST', path: '/typescript', emits: [] }\n"
        "exports.handler = async () => ({ status: 200, body: 'twin' })\n"
    ),
}
