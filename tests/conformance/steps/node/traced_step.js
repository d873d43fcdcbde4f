export const config = { type: 'event', name: 'traced', subscribes: ['t.traced'] };

export const handler = async (input, { traceparent, tracestate }) => ({ traceparent, tracestate });
