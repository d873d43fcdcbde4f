exports.config = { type: 'event', name: 'broken', subscribes: ['t.broken'] };

exports.handler = async ( => 1;
