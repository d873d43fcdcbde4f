// motia.config.js
module.exports = {
  development: {
    port: 3001,
    workbench: {
      enabled: true,
      port: 3000
    },
    database: {
      url: 'sqlite://./motia-dev.db'
    }
  },
  
  production: {
    port: process.env.PORT || 8080,
    workbench: {
      enabled: false // تعطيل في الإنتاج
    },
    database: {
      url: process.env.DATABASE_URL
    },
    redis: {
      url: process.env.REDIS_URL
    }
  }
};
