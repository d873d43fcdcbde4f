/** A page that holds one published client. The bundler puts the wanted one in the place of `the-client`. */
import { Stream } from 'the-client';
import { makeRoom } from './room.js';

globalThis.room = makeRoom(Stream);
