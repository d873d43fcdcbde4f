// Node's resolution of `import`, for packages that cannot be required. The second argument needs the flag that
// runner.toml gives; without it the parent would be ignored silently.
export const resolve = (name, parent) => import.meta.resolve(name, parent);
