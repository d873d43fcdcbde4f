export default {
  routes: { '/webhook/email': 'email-processor' },
  queue: { maxRetries: 1 },
};
