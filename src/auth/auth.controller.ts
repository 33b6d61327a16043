import type { Claims } from '../access/claims.js';
import type { IssuedToken } from '../access/tokens.service.js';
import { ImCall, ImController, Input } from '../dialects/im-call.js';
import type { RegisterUser, UserOnPlatform } from './auth.input.js';
import { AuthService, type Login } from './auth.service.js';
import { userRegisterV1, userTokenV1 } from './wire/v1.js';
import { userRegisterV2, userTokenV2 } from './wire/v2.js';
import { forceLogoutV3, getAdminTokenV3, getUserTokenV3, parseTokenV3, userTokenV3 } from './wire/v3.js';

@ImController('auth')
export class AuthController {
  constructor(private readonly auth: AuthService) {}

  @ImCall({
    path: 'auth/user_register',
    summary: 'Registers a user and issues a first token',
    v1: userRegisterV1,
    v2: userRegisterV2,
    by: 'secret',
    confidential: true,
  })
  register(@Input() { user, login }: RegisterUser): Promise<IssuedToken> {
    return this.auth.register(user, login);
  }

  @ImCall({
    path: 'auth/user_token',
    summary: 'Issues a token beside those the user has',
    v1: userTokenV1,
    v2: userTokenV2,
    v3: userTokenV3,
    by: 'secret',
    confidential: true,
  })
  login(@Input() input: Login): Promise<IssuedToken> {
    return this.auth.login(input);
  }

  @ImCall({
    path: 'auth/get_admin_token',
    summary: 'Issues an administrator token',
    v3: getAdminTokenV3,
    by: 'secret',
    confidential: true,
  })
  loginAdmin(@Input() userID: string): Promise<IssuedToken> {
    return this.auth.loginAdmin(userID);
  }

  @ImCall({
    path: 'auth/get_user_token',
    summary: 'Issues a token under the multi-login policy',
    v3: getUserTokenV3,
    by: 'admin',
    confidential: true,
  })
  loginUser(@Input() { userID, platformID }: UserOnPlatform): Promise<IssuedToken> {
    return this.auth.loginUser(userID, platformID);
  }

  @ImCall({
    path: 'auth/parse_token',
    summary: 'Tells whose token it is and when it ends',
    v3: parseTokenV3,
    by: 'anyone',
  })
  parse(@Input() token: string): Promise<Claims> {
    return this.auth.parse(token);
  }

  @ImCall({
    path: 'auth/force_logout',
    summary: 'Ends the tokens of a user on a platform',
    v3: forceLogoutV3,
    by: 'admin',
  })
  forceLogout(@Input() { userID, platformID }: UserOnPlatform): Promise<void> {
    return this.auth.forceLogout(userID, platformID);
  }
}
