export const config = { type: 'cron', name: 'loops', cron: '*/5 * * * *' };

export const handler = async ({ traceId }) => traceId;
