exports.normalise = (text) => text.trim().toLowerCase()
