package render

// mailStyles holds the looks of each element of a story in a mail, by element
// or by role. Mail clients drop style sheets, so each element carries its own;
// what is inherited is set by the template on the cell around. The colours
// have a contrast of at least 4.5:1 on white, and the template's style sheet
// changes all of them together where the reader's device is dark.
var mailStyles = map[string]string{
	string(leadHeadline): "margin:0 0 12px;font:bold 26px/1.25 Georgia,serif;color:#14202b",
	string(groupName):    "margin:0 0 12px;font:bold 15px/24px 'Segoe UI',Helvetica,Arial,sans-serif;color:#5c4a12;letter-spacing:.04em",
	string(outletName):   "margin:-6px 0 10px;font-size:15px;color:#56616b",
	string(references):   "margin:0 0 12px;font-size:15px;color:#56616b",

	"h2":         "margin:0 0 10px;font:bold 20px/1.3 Georgia,serif;color:#14202b",
	"h3":         "margin:16px 0 8px;font:bold 17px/1.35 Georgia,serif;color:#14202b",
	"h4":         "margin:16px 0 8px;font-size:16px;font-weight:bold",
	"h5":         "margin:16px 0 8px;font-size:16px;font-weight:bold",
	"h6":         "margin:16px 0 8px;font-size:16px;font-weight:bold",
	"p":          "margin:0 0 12px",
	"a":          "color:#0b4f79;text-decoration:underline",
	"ul":         "margin:0 0 12px 20px;padding:0",
	"ol":         "margin:0 0 12px 24px;padding:0",
	"li":         "margin:0 0 6px",
	"blockquote": "margin:0 0 12px;padding:0 0 0 12px;border-left:3px solid #c9b06b",
	"pre":        "margin:0 0 12px;font:14px/1.5 Consolas,Menlo,monospace;white-space:pre-wrap",
	"code":       "font-family:Consolas,Menlo,monospace;font-size:15px",
	"hr":         "margin:16px 0;border:0;border-top:1px solid #d8d4c8",
	"scroll":     "margin:0 0 12px;overflow-x:auto",
	"table":      "border-collapse:collapse;font-size:15px;line-height:1.4",
	"th":         "padding:6px 14px 6px 0;border-bottom:2px solid #c9b06b;text-align:left;vertical-align:bottom;font-weight:bold;word-break:normal",
	"td":         "padding:6px 14px 6px 0;border-bottom:1px solid #d8d4c8;vertical-align:top;word-break:normal",
}
