export enum Visibility {
  Public = 'public',
  Hidden = 'hidden',
}

export interface Profile {
  name: string
  visibility: Visibility
}
