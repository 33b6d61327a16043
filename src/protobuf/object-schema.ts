/**
 * Users, friends, groups and conversations, and what the JavaScript client asks for in protobuf over REST.
 * Source: contract/sdkws-wire.md sections 4 and 6.
 */
export const OBJECT_SCHEMA = /* proto */ `
syntax = "proto3";

message UserInfo {
  string userID = 1;
  string nickname = 2;
  string faceURL = 3;
  string ex = 4;
  int64 createTime = 5;
  int32 appMangerLevel = 6;
  int32 globalRecvMsgOpt = 7;
}
message PublicUserInfo {
  string userID = 1;
  string nickname = 2;
  string faceURL = 3;
  string ex = 4;
}
message UserInfoWithEx {
  string userID = 1;
  StringValue nickname = 2;
  StringValue faceURL = 3;
  StringValue ex = 4;
  Int32Value globalRecvMsgOpt = 7;
}
message GroupInfo {
  string groupID = 1;
  string groupName = 2;
  string notification = 3;
  string introduction = 4;
  string faceURL = 5;
  string ownerUserID = 6;
  int64 createTime = 7;
  uint32 memberCount = 8;
  string ex = 9;
  int32 status = 10;
  string creatorUserID = 11;
  int32 groupType = 12;
  int32 needVerification = 13;
  int32 lookMemberInfo = 14;
  int32 applyMemberFriend = 15;
  int64 notificationUpdateTime = 16;
  string notificationUserID = 17;
}
message GroupInfoForSet {
  string groupID = 1;
  string groupName = 2;
  string notification = 3;
  string introduction = 4;
  string faceURL = 5;
  StringValue ex = 6;
  Int32Value needVerification = 7;
  Int32Value lookMemberInfo = 8;
  Int32Value applyMemberFriend = 9;
}
message GroupMemberFullInfo {
  string groupID = 1;
  string userID = 2;
  int32 roleLevel = 3;
  int64 joinTime = 4;
  string nickname = 5;
  string faceURL = 6;
  int32 appMangerLevel = 7;
  int32 joinSource = 8;
  string operatorUserID = 9;
  string ex = 10;
  int64 muteEndTime = 11;
  string inviterUserID = 12;
}
message FriendInfo {
  string ownerUserID = 1;
  string remark = 2;
  int64 createTime = 3;
  UserInfo friendUser = 4;
  int32 addSource = 5;
  string operatorUserID = 6;
  string ex = 7;
  bool isPinned = 8;
}
message BlackInfo {
  string ownerUserID = 1;
  int64 createTime = 2;
  PublicUserInfo blackUserInfo = 3;
  int32 addSource = 4;
  string operatorUserID = 5;
  string ex = 6;
}
message FriendRequest {
  string fromUserID = 1;
  string fromNickname = 2;
  string fromFaceURL = 3;
  string toUserID = 4;
  string toNickname = 5;
  string toFaceURL = 6;
  int32 handleResult = 7;
  string reqMsg = 8;
  int64 createTime = 9;
  string handlerUserID = 10;
  string handleMsg = 11;
  int64 handleTime = 12;
  string ex = 13;
}
message GroupRequest {
  PublicUserInfo userInfo = 1;
  GroupInfo groupInfo = 2;
  int32 handleResult = 3;
  string reqMsg = 4;
  string handleMsg = 5;
  int64 reqTime = 6;
  string handleUserID = 7;
  int64 handleTime = 8;
  string ex = 9;
  int32 joinSource = 10;
  string inviterUserID = 11;
}
message FromToUserID {
  string fromUserID = 1;
  string toUserID = 2;
}
message RequestPagination {
  int32 pageNumber = 1;
  int32 showNumber = 2;
}
message Conversation {
  string ownerUserID = 1;
  string conversationID = 2;
  int32 recvMsgOpt = 3;
  int32 conversationType = 4;
  string userID = 5;
  string groupID = 6;
  bool isPinned = 7;
  string attachedInfo = 8;
  bool isPrivateChat = 9;
  int32 groupAtType = 10;
  string ex = 11;
  int32 burnDuration = 12;
  int64 minSeq = 13;
  int64 maxSeq = 14;
  int64 msgDestructTime = 15;
  int64 latestMsgDestructTime = 16;
  bool isMsgDestruct = 17;
}
message ConversationReq {
  string conversationID = 1;
  int32 conversationType = 2;
  string userID = 3;
  string groupID = 4;
  Int32Value recvMsgOpt = 5;
  BoolValue isPinned = 6;
  StringValue attachedInfo = 7;
  BoolValue isPrivateChat = 8;
  StringValue ex = 9;
  Int32Value burnDuration = 10;
  Int64Value minSeq = 11;
  Int64Value maxSeq = 12;
  Int32Value groupAtType = 13;
  Int64Value msgDestructTime = 14;
  BoolValue isMsgDestruct = 15;
}
message FriendInfoOnly {
  string ownerUserID = 1;
  string friendUserID = 2;
  string remark = 3;
  int64 createTime = 4;
  int32 addSource = 5;
  string operatorUserID = 6;
  string ex = 7;
  bool isPinned = 8;
}
message DoubleValue {
  double value = 1;
}
message FloatValue {
  float value = 1;
}
message Int64Value {
  int64 value = 1;
}
message UInt64Value {
  uint64 value = 1;
}
message Int32Value {
  int32 value = 1;
}
message UInt32Value {
  uint32 value = 1;
}
message BoolValue {
  bool value = 1;
}
message StringValue {
  string value = 1;
}
message BytesValue {
  bytes value = 1;
}
message GetActiveConversationsReq {
  string ownerUserID = 1;
  int64 count = 2;
}
message GetActiveConversationsResp {
  int64 unreadCount = 1;
  repeated ConversationMsg conversations = 2;
}
message GetConversationsReq {
  string ownerUserID = 1;
  repeated string conversationIDs = 2;
}
message GetConversationsResp {
  int64 unreadCount = 1;
  repeated ConversationMsg conversations = 2;
}
message ConversationMsg {
  Conversation conversation = 1;
  MsgData lastMsg = 2;
  UserInfo user = 3;
  FriendInfoOnly friend = 4;
  GroupInfo group = 5;
  int64 maxSeq = 6;
  int64 readSeq = 7;
}
`;
