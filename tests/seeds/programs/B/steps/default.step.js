// The document asks `GET /default` of the project it created; this is the step that answers.
export default async function handler() {
  return { message: 'Hello World from Motia!' };
}
