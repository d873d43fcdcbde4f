exports.config = { name: 'board', baseConfig: { storageType: 'default' } }
