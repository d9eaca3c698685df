package bounce

// These lists tell the sorts of mail apart.

// daemonNames stand in the From of mail systems, in lower case and without underscores.
var daemonNames = []string{
	"mailer-daemon", "mailer daemon", "mailerdaemon", "mail-daemon", "postmaster", "mail deliver", "maildelivery",
	"mail administrator", "system administrator", "mail system", "mail router", "mmdf", "mdaemon", "smtpadmin",
	"mailadmin", "mailmaster", "mail gateway", "mail transport", "mail service", "<>",
}

// bounceSubjects are the phrases of subjects, as a saying has them.
var bounceSubjects = []string{
	"undeliver-", "undelivered", "returned mail", "returned message", "returned to sender", "return to sender",
	"returned email", "failure notice", "delivery fail-", "delivery .. fail-", "failed delivery",
	"fail- to deliver", "delivery status", "delivery notification", "delivery report", "delivery problem",
	"delivery error", "delivery has failed", "delivery unsuccessful", "not delivered", "mail delivery",
	"message delivery", "mail fail-", "mail error", "mail system error", "non delivery", "nondeliverable",
	"non deliverable", "unable to deliver", "cannot deliver", "could not be delivered", "couldnt be delivered",
	"could not send", "couldnt send", "delayed mail", "delivery delay-", "message delayed", "mail status report",
	"message status", "bounced", "bounce notification", "rejected message", "message rejected", "mail rejected",
	"user unknown", "postmaster notify", "warning message", "nachricht .. nicht zugestellt", "unzustellbar",
	"rückläufer", "mail non remis", "échec", "devuelto", "mancata consegna", "não entregue", "onbestelbaar",
	"не доставлен-", "notification of .. delivery", "error sending", "problem delivering", "email delivery",
	"dsn", "ndr", "ndn", "loop alert", "not member", "メールエラー", "配信不能", "配送不能", "送信できません", "配信できません", "退信", "無法傳遞",
	"недоставлен",
}

// bounceWords are what a notice of a bounce says somewhere.
var bounceWords = []string{
	"could not be delivered", "couldnt be delivered", "cannot be delivered", "cant be delivered",
	"can not be delivered", "not be delivered", "was not delivered", "wasnt delivered", "not been delivered",
	"undeliver-", "unable to deliver", "wasnt able to deliver", "not able to deliver", "failed to deliver",
	"delivery .. failed", "delivery failed", "delivery to .. failed", "delivery has failed", "did not reach",
	"permanent fatal errors", "delivery errors", "delivery problems", "fatal errors", "transcript of session",
	"error delivering", "an error .. deliver-", "error .. while attempting to deliver", "returned to sender",
	"returned unopened", "message .. returned", "following address- .. fail-", "following recipient- .. reject-",
	"was rejected by", "were rejected", "recipient- .. rejected", "your message to .. was", "could not send",
	"could not be sent", "couldnt be sent", "your mail .. could not", "bounced", "unsent message",
	"failed permanently", "has been delayed", "is delayed", "delivery .. delayed", "cannot deliver",
	"couldnt deliver", "was undeliverable", "was not successful", "invalid final delivery", "non deliverable",
	"not reach the following", "not delivered", "mail delivery failed", "message generated response",
	"delivery status notification", "impossible de remettre", "konnte nicht zugestellt",
	"konnten nicht zugestellt", "nicht zugestellt", "no se pudo entregar", "no se ha podido entregar",
	"non è stato possibile", "não pôde ser entregue", "не может быть доставлено", "не было доставлено", "配信できません",
	"送信できません", "配送できません", "送達できません", "送信できませんでした", "could not deliver", "user unknown", "no such user",
	"mailbox full", "mailbox is full", "does not exist", "duplicated message id", "not a member",
}

// delayWords say that the mail will be tried again.
var delayWords = []string{
	"warning message only", "this is a warning", "warning only", "has been delayed", "is delayed", "was delayed",
	"will be retried", "do not need to resend", "still being retried", "not yet been delivered",
	"delivery delayed", "status notification delay", "delayed mail", "warning could not send",
}

// replySubjects begin the subjects of vacation notices.
var replySubjects = []string{
	"out of office", "out of the office", "out of town", "automatic reply", "automatic response",
	"automated reply", "automated response", "automatically generated reply", "autoreply", "auto reply",
	"auto response", "autoresponse", "auto responder", "autoresponder", "on vacation", "vacation reply",
	"vacation message", "vacation notice", "away from my", "away from the office", "away until", "i am away",
	"im away", "on holiday", "on leave", "annual leave", "maternity leave", "parental leave", "no longer with",
	"abwesenheit", "abwesenheitsnotiz", "abwesend", "automatische antwort", "nicht im büro", "urlaub",
	"réponse automatique", "reponse automatique", "absence du bureau", "absent", "respuesta automática",
	"respuesta automatica", "fuera de la oficina", "risposta automatica", "fuori sede", "fuori ufficio",
	"resposta automática", "resposta automatica", "ausência", "ausencia", "automatisch antwoord", "afwezig",
	"afwezigheid", "autosvar", "frånvaro", "fravær", "automaattinen vastaus", "poissa", "automatická odpověď",
	"automatyczna odpowiedź", "nieobecność", "автоответ", "автоматический ответ", "自動応答", "自動返信", "不在", "自动回复",
	"自動回覆", "자동",
}

// challengeSubjects and challengeWords stand together in the mails that ask a
// sender to prove that he is a person.
var challengeSubjects = []string{
	"please confirm your message", "confirm your message", "please confirm .. message", "verify your message",
	"your message is being held", "your message .. awaiting", "message .. quarantined", "confirm that you",
	"are you human", "requires confirmation", "message not delivered yet", "sender verification required",
	"your message to .. is awaiting", "message awaiting approval",
}

var challengeWords = []string{
	"to confirm", "confirm that you", "confirm your", "simply reply", "reply to this message",
	"reply to this email", "just reply", "click .. link", "click here", "one time", "approved sender",
	"approved list", "guest list", "whitelist", "white list", "challenge", "prove that you", "verify that you",
	"verify your", "are a human", "real person", "not a spammer", "anti spam",
}
