module.exports = {
  port: 4000,
  streamAuth: {
    authenticate: async ({ query }) => {
      if (!query.user) throw new Error('no user');
      return { user: query.user };
    },
  },
  production: { streamAuth: { authenticate: () => ({ user: 'production' }) } },
};
