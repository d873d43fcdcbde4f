export const config = { type: 'event', name: 'dates', subscribes: ['t.dates'] };

export const handler = async () => ({ at: new Date('2024-01-02T03:04:05Z'), error: new Error('e') });
