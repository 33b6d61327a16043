import type { NewUser } from '../users/users.service.js';
import type { Login } from './auth.service.js';

/** An account to create and where its first token is for. */
export interface RegisterUser {
  user: NewUser;
  login: Omit<Login, 'userID'>;
}

/** A user on a platform. */
export interface UserOnPlatform {
  userID: string;
  platformID: number;
}
