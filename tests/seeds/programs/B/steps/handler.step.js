// handler.step.js
export default async function handler(event) {
  return {
    message: "Hello from Motia!",
    timestamp: new Date().toISOString()
  };
}
